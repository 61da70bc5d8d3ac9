"""The header of each format-year, as its writer writes it, and a row of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

RPSCRAPE_2018 = (
    "date,course,time,race_name,class,band,distance,going,pos,draw,btn,name,sp,age,weight,gear,"
    "jockey,trainer,or,ts,rpr,prize,comment"
)
RPSCRAPE_DEC_2018 = (
    "date,course,time,race_name,class,band,distance,going,pos,draw,btn,name,sp,age,weight,gear,"
    "fin_time,jockey,trainer,or,ts,rpr,prize,sire,dam,damsire,comment"
)
RPSCRAPE_FEB_2019 = (
    "date,course,time,race_name,class,band,distance,going,pos,draw,btn,name,sp,dec,age,weight,lbs,"
    "gear,fin_time,jockey,trainer,or,ts,rpr,prize,sire,dam,damsire,comment"
)
RPSCRAPE_METRES_2019 = RPSCRAPE_FEB_2019.replace("distance", "dist(f),dist(m)")
RPSCRAPE_2019 = RPSCRAPE_METRES_2019.replace(",name,", ",horse_name,").replace("prize", "prize(£)")
RPSCRAPE_2020 = (
    "Date,Course,Off,Name,Type,Class,Pattern,Rating_Band,Age_Band,Sex_Rest,Dist,Dist_Y,Dist_M,"
    "Dist_F,Going,Num,Pos,Ran,Draw,Btn,Ovr_Btn,Horse,SP,Dec,Age,Sex,Wgt,Lbs,HG,Time,Jockey,Trainer,"
    "OR,RPR,TS,Prize,Sire,Dam,Damsire,Owner,Comment"
)
RPSCRAPE_APR_2021 = RPSCRAPE_2020.replace("Date,", "Date,Region,")
RPSCRAPE_OCT_2021 = (
    "date,region,course,off,race_name,type,class,pattern,rating_band,age_band,sex_rest,dist,dist_f,"
    "dist_m,going,ran,num,pos,draw,ovr_btn,btn,horse,age,sex,lbs,hg,time,secs,dec,jockey,trainer,"
    "prize,or,rpr,sire,dam,damsire,owner,comment"
)
RPSCRAPE_OCT_2025 = (
    RPSCRAPE_OCT_2021.replace(",off,", ",course_detail,off,").replace(",ran,", ",surface,ran,")
    + ",bsp,pre_min,pre_max,ip_min,ip_max,pre_vol,ip_vol"
)
RACEFORM = (
    "date,course,race_id,off,race_name,type,class,pattern,rating_band,age_band,sex_rest,dist,going,"
    "ran,num,pos,draw,ovr_btn,btn,horse,age,sex,wgt,hg,time,sp,jockey,trainer,prize,or,rpr,ts,sire,"
    "dam,damsire,owner,comment"
)
RACING_API = (
    "race_id,date,region,course,course_id,off,off_dt,race_name,type,class,pattern,rating_band,"
    "age_band,sex_rest,dist,dist_y,dist_m,dist_f,going,surface,jumps,horse_id,horse,sp,sp_dec,"
    "number,position,draw,btn,ovr_btn,age,sex,weight,weight_lbs,headgear,time,or,rpr,tsr,prize,"
    "jockey,jockey_claim_lbs,jockey_id,trainer,trainer_id,owner,owner_id,sire,sire_id,dam,dam_id,"
    "damsire,damsire_id,comment,silk_url"
)
GB_ALL_WEATHER = (
    "date,region,course,race_id,off,race_name,type,class,pattern,rating_band,age_band,sex_rest,"
    "dist,dist_f,dist_m,going,ran,num,pos,draw,ovr_btn,btn,horse,horse_id,age,sex,wgt,hg,time,secs,"
    "jockey,trainer,owner,official_rating,rpr,ts,sp,sp_dec,bsp,mkt_dec,eve_price,break_price,"
    "morn_price,claim,pace,pf_speed,prize,sire,dam,damsire,comment"
)
HONG_KONG = (
    "date,region,course,race_id,race_no,off,race_name,type,class,rating_band,dist,dist_m,dist_f,"
    "going,surface,rail,ran,num,pos,draw,horse,horse_id,horse_zh,age,sex,wgt,body_wgt,hg,jockey,"
    "trainer,owner,official_rating,rpr,ts,sp,sp_dec,ovr_btn,lbw_raw,running_position,time,secs,"
    "sec1,sec2,sec3,sec4,sec5,sec6,race_sec1,race_sec2,race_sec3,race_sec4,race_sec5,race_sec6,"
    "prize,win_div,place_div,sire,dam,damsire,bred,comment,src"
)
RACING_DATA = "date,course,race_id,dist,pos,horse,sp,official_rating,rpr,ts"
CARD = (
    "date,region,course,off,race_name,type,class,dist,going,ran,num,draw,horse,age,sex,lbs,hg,"
    "jockey,trainer,or,owner"
)
EXCHANGE = (
    "EVENT_ID,MENU_HINT,EVENT_NAME,EVENT_DT,SELECTION_ID,SELECTION_NAME,WIN_LOSE,BSP,PPWAP,"
    "MORNINGWAP,PPMAX,PPMIN,IPMAX,IPMIN,MORNINGTRADEDVOL,PPTRADEDVOL,IPTRADEDVOL"
)

HEADERS: dict[str, tuple[str, str]] = {
    "rpscrape, Nov 2018": ("rpscrape_old", RPSCRAPE_2018),
    "rpscrape, Dec 2018": ("rpscrape_old", RPSCRAPE_DEC_2018),
    "rpscrape, Feb 2019": ("rpscrape_old", RPSCRAPE_FEB_2019),
    "rpscrape, metres, Feb 2019": ("rpscrape_old", RPSCRAPE_METRES_2019),
    "rpscrape, Feb 2019 to Feb 2020": ("rpscrape_old", RPSCRAPE_2019),
    "rpscrape, 2020": ("rpscrape", RPSCRAPE_2020),
    "rpscrape, Apr 2021": ("rpscrape", RPSCRAPE_APR_2021),
    "rpscrape, Oct 2021": ("rpscrape", RPSCRAPE_OCT_2021),
    "rpscrape, Oct 2025": ("rpscrape", RPSCRAPE_OCT_2025),
    "raceform": ("raceform", RACEFORM),
    "The Racing API": ("racing_api", RACING_API),
    "British all-weather": ("gb_all_weather", GB_ALL_WEATHER),
    "Hong Kong": ("hong_kong", HONG_KONG),
    "racing_data": ("racing_data", RACING_DATA),
    "card": ("racecard", CARD),
    "exchange": ("exchange", EXCHANGE),
}
"""Format-year -> the format that it is read as, and its header."""


def of_format(form: str) -> list[str]:
    """The columns of the newest header of a format."""
    return [header.split(",") for name, header in HEADERS.values() if name == form][-1]


def file_with(path: Path, columns: Sequence[str], *rows: Mapping[str, str]) -> Path:
    """A CSV file with these columns; a row's other cells are empty."""
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(sink.getvalue(), encoding="utf-8")
    return path
